import OffprintServer
import OffprintWire

/// What a device can know of the server's time, told to the oracle, which holds stamps against it.
///
/// Boot clocks here go right, so a reading stays as good as it was taken; of several the protocol's rule keeps the best by its
/// own reckoning, which adds 100 ppm of a reading's age (TIME-3).
extension World {
  /// A device starts anew, and its boot clock with it.
  func startClocks(of device: SimulatedDevice) {
    device.clocks.reboot()
    oracle.mistookAges(device.name)
    forgetTime(of: device)
  }

  /// Its boot is another one: it knows nothing of the time until it meets a server.
  func forgetTime(of device: SimulatedDevice) {
    device.booted = time
    device.timeError = nil
    device.isTimeDoubtful = false
    oracle.knowsTime(device.name, .nothing)
  }

  /// Its library is another one, of this boot or not: what it knows of the time is open until it meets a server.
  func doubtTime(of device: SimulatedDevice, untilReboot: Bool = false) {
    device.timeError = nil
    device.isTimeDoubtful = device.isTimeDoubtful || untilReboot
    oracle.knowsTime(device.name, .anything)
  }

  /// A device took a reading of the server's clock from an answer to what it sent at `sent`.
  /// - Parameter isSure: false if it may not have got as far as that.
  func metServer(_ device: SimulatedDevice, sent: Int64, isSure: Bool = true) {
    if isSure { oracle.metServer(device.name, notBefore: sent) }
    guard !device.isTimeDoubtful else { return }
    let half = (time - sent) / 2
    let drift = (time - device.booted) / 10_000
    guard let known = device.timeError else {
      guard isSure else { return oracle.knowsTime(device.name, .nothingOrWithin(half + drift)) }
      device.timeError = half
      return oracle.knowsTime(device.name, .within(half + drift))
    }
    if known + drift >= half { device.timeError = isSure ? half : max(known, half) }
    oracle.knowsTime(device.name, .within((device.timeError ?? half) + drift))
  }
}
