import Offprint
import OffprintHTTP
import OffprintWire

/// What a sync must send, and must not: whole records, buckets that can be compared, contents after a fork.
extension World {
  /// PUSH-2: a pushed record is the whole record, never only what changed: the server may have lost or purged the rest.
  func checkWhole(_ record: Record, by device: SimulatedDevice) throws {
    guard let store = device.sync?.store else { return }
    let held = try device.disk.withoutFaults { try store.read { try store.heldRegisters(record.key) } } ?? []
    let lacking = held.filter { $0.stamp != nil && record.registers[$0.name] == nil }.map(\.name)
    guard !lacking.isEmpty else { return }
    throw Failure(
      invariant: "PUSH-2", reason: "\(device.name) pushes a part of \(record.key)",
      expected: held.map(\.name.text), actual: record.registers.names.map(\.text))
  }

  /// What an answer obliges its device to: noted before the device takes it.
  func noteDuties(_ answer: HTTPResponse, of device: SimulatedDevice, _ store: LibraryStore) throws -> Duties {
    var duties = Duties()
    let isDigest = answer.status == 200 && device.sync?.asksDigest == true
    guard isDigest || answer.status == 410 else { return duties }
    let last = answer.body.split(separator: 0x0A).last.flatMap { try? JSONValue(parsing: Array($0)) }
    if isDigest {
      let number = last?["end"]?["number"]?.integer ?? last?["number"]?.integer
      let reached = try device.disk.withoutFaults { try store.read { try store.position().number } }
      duties.mustReadOn = number != nil && number != reached
    }
    if last?["type"]?.string?.hasSuffix("log-forked") == true {
      duties.offers = try device.disk.withoutFaults { try store.read { try store.heldContents() } }
    }
    return duties
  }

  /// DIG-4: buckets are compared at the number that the library has reached, or after reading on.
  func checkComparable(_ message: HTTPRequest, by device: SimulatedDevice) throws {
    let asksBucket = message.path == "/v1/digest" && message.query?.contains("bucket=") == true
    let mustReadOn = device.sync?.mustReadOn == true
    device.sync?.asksDigest = message.path == "/v1/digest"
    device.sync?.mustReadOn = false
    guard asksBucket, mustReadOn else { return }
    throw Failure(
      invariant: "DIG-4", reason: "\(device.name) compares buckets of another number than its own",
      expected: ["a request for changes"], actual: [message.query ?? ""])
  }

  /// RESET-8: after a fork a sync asks of all contents held whether the server has them.
  func noteOffers(_ message: HTTPRequest, by device: SimulatedDevice) {
    guard !device.owedOffers.isEmpty, message.path == "/v1/contents/missing",
      let hashes = (try? JSONValue(parsing: message.body))?["hashes"]?.array
    else { return }
    device.owedOffers.subtract(hashes.compactMap(\.string))
  }

  /// The same, at the end of a sync.
  func checkOffered(by device: SimulatedDevice, _ store: LibraryStore) throws {
    guard !device.owedOffers.isEmpty else { return }
    let held = try device.disk.withoutFaults { try store.read { try store.heldContents() } }
    let forgotten = device.owedOffers.intersection(held)
    device.owedOffers = []
    guard !forgotten.isEmpty else { return }
    throw Failure(
      invariant: "RESET-8", reason: "\(device.name) followed a fork and did not ask whether its contents are there",
      expected: forgotten.sorted().map { "asked: \($0)" }, actual: ["the end of the sync"])
  }

  /// What an answer obliges its device to.
  struct Duties {
    /// Whether its number is another than the library's, so that nothing can be compared.
    var mustReadOn = false
    /// Contents that it must ask for.
    var offers: Set<String>?
  }
}
