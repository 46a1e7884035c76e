import Foundation
import OffprintCrypto
import OffprintServer
import OffprintLocks

/// What `serve --dev` makes for a first try: a folder that goes with the server, a user, and how devices sign in.
struct Trial: Sendable {
  /// The user's name.
  static let user = "dev"
  /// The data folder.
  let folder: String
  /// The user's password.
  let password: String
  /// Where it listens.
  let listen: ListenAddress = .internet("127.0.0.1", 0)

  /// Makes the folder, for its owner alone.
  init(_ world: World) throws {
    let parent = world.variables["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(parent)/offprint-dev.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(.failed, code: "failed", "cannot make a folder in \(parent.visible): \(systemReason(errno))")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.folder = folder
    password = Base64URL.encode(SecureRandom.bytes(12))
    Interrupts.shared.beforeEnd { Self.remove(folder) }
  }

  /// How long the code is valid: longer than any first try.
  private static let codeMilliseconds: Int64 = 7 * 86_400_000

  /// Makes the user, and a code that signs in as many devices as one likes.
  func makeUser(in core: ServerCore) throws -> PairingCode {
    _ = try core.accounts.create(name: Self.user, password: password)
    return try core.accounts.makePairingCode(
      user: Self.user, validMilliseconds: Self.codeMilliseconds, isReusable: true
    ).code
  }

  /// What a person copies to a device to sign it in.
  func signInLines(url: String, code: PairingCode) -> [String] {
    [
      "user \(Self.user), password \(password), pairing code \(code.text) for any number of devices",
      "offprint --library phone login \(url) --code \(code.text) --device phone",
      "offprint --library laptop login \(url) --code \(code.text) --device laptop",
    ]
  }

  /// Removes the folder with all that is in it.
  func remove() { Self.remove(folder) }

  private static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}

/// Hands damaged records on to the figures, which are made after the store that meets them.
final class DamageCounter: Sendable {
  private let held = Mutex<ServerFigures?>(nil)

  var figures: ServerFigures? {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }

  func note() { figures?.noteDamagedRecord() }
}
