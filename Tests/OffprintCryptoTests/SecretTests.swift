import OffprintCrypto
import Testing

@Suite struct `Secrets` {
  #if !canImport(CryptoKit)
    @Test func `the library is set up once, from any number of tasks`() async throws {
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<32 { group.addTask { Sodium.isReady } }
        for await ready in group { #expect(ready) }
      }
      try Sodium.requireReady()
    }
  #endif

  @Test(arguments: [-1, 0, 1, 16, 32, 1_000])
  func `as many random bytes come as were asked for`(count: Int) {
    #expect(SecureRandom.bytes(count).count == max(0, count))
  }

  @Test func `random bytes do not repeat`() {
    let drawn = (0..<10_000).map { _ in SecureRandom.bytes(16) }
    #expect(Set(drawn).count == drawn.count)
    let allValues = Set(SecureRandom.bytes(10_000))
    #expect(allValues.count == 256)
  }

  @Test(
    arguments: [
      ([], [], true), ([1], [1], true), ([1], [2], false), ([1, 2], [1], false), ([1, 2, 3], [1, 2, 4], false),
      ([0, 2, 3], [1, 2, 3], false), ([], [0], false),
    ] as [([UInt8], [UInt8], Bool)])
  func `secrets are equal when every byte is`(left: [UInt8], right: [UInt8], equal: Bool) {
    #expect(ConstantTime.equal(left, right) == equal)
  }
}
