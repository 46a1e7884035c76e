import Offprint
import OffprintWire
import OffprintLocks

/// The clocks and the randomness of one simulated device, all under the test's control.
public final class FakeDevice: Sendable {
  private struct State {
    var wall: Int64
    var boot: Int64 = 1_000
    var bootID: String
    var marker: String? = "installation-1"
    var generator: SeededGenerator
  }

  private let state: Mutex<State>

  /// A device whose wall clock stands at `wall` milliseconds since 1970.
  public init(wall: Int64 = 1_800_000_000_000, seed: UInt64) {
    // No two machines name a boot alike.
    state = Mutex(State(wall: wall, bootID: "boot \(seed)", generator: SeededGenerator(seed: seed)))
  }

  /// Lets time pass on both clocks.
  public func advance(milliseconds: Int64) {
    state.withLock { state in
      state.wall += milliseconds
      state.boot += milliseconds
    }
  }

  /// What the wall clock shows.
  public var wall: Int64 { state.withLock { $0.wall } }

  /// Sets the wall clock, as a person or a dead battery does.
  public func setWall(milliseconds: Int64) { state.withLock { $0.wall = milliseconds } }

  /// Restarts the device: the boot clock begins anew.
  public func reboot() {
    state.withLock { state in
      state.boot = 1_000
      state.bootID += "+"
    }
  }

  /// Draws all further randomness from this seed.
  public func reseed(_ seed: UInt64) { state.withLock { $0.generator = SeededGenerator(seed: seed) } }

  /// Makes the library's files those of another installation, as a copy or a restored backup is.
  public func setMarker(_ marker: String?) { state.withLock { $0.marker = marker } }

  /// What a library on this device is opened with.
  public var environment: Environment {
    Environment(
      wallMilliseconds: { self.state.withLock { $0.wall } },
      bootMilliseconds: { self.state.withLock { $0.boot } },
      bootID: { self.state.withLock { $0.bootID } },
      randomBytes: { count in
        self.state.withLock { state in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.generator) }
        }
      },
      installationMarker: { _ in self.state.withLock { $0.marker } })
  }
}
