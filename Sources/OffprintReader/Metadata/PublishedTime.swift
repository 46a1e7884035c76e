/// When an article was published, as precisely as its page says.
public struct PublishedTime: Sendable, Hashable {
  /// The day, in the page's own time zone.
  public let year: Int, month: Int, day: Int
  /// The time of day in that zone.
  public let hour: Int?, minute: Int?, second: Int?
  /// How far the zone is ahead of UTC; nil if the page does not say.
  public let offsetMinutes: Int?

  init?(year: Int, month: Int, day: Int, time: (hour: Int, minute: Int, second: Int)? = nil, offsetMinutes: Int? = nil)
  {
    guard (1990...2100).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    self.year = year
    self.month = month
    self.day = day
    let isTime =
      time.map { (0..<24).contains($0.hour) && (0..<60).contains($0.minute) && (0...60).contains($0.second) } ?? false
    hour = isTime ? time?.hour : nil
    minute = isTime ? time?.minute : nil
    second = isTime ? time?.second : nil
    self.offsetMinutes = isTime ? offsetMinutes.flatMap { abs($0) <= 16 * 60 ? $0 : nil } : nil
  }

  /// The form of RFC 3339, the time left out where zone or time are not known.
  public var text: String {
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    guard let hour, let minute, let offset = offsetMinutes else { return date }
    let zone =
      offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(padded(abs(offset) / 60, 2)):\(padded(abs(offset) % 60, 2))"
    return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(min(second ?? 0, 59), 2))\(zone)"
  }

  private static let hourMilliseconds: Int64 = 3_600_000

  /// The same moment in the time zone of whom the page was made for, if it is told in UTC and the page prints the day before or
  /// after: there the nearest whole hour at which it is that day.
  func onDay(of printed: PublishedTime?) -> PublishedTime {
    guard let printed, let hour, let minute, offsetMinutes == 0 else { return self }
    guard
      let start = PublishedTime(year: printed.year, month: printed.month, day: printed.day)?.milliseconds
    else { return self }
    let end = start + 24 * Self.hourMilliseconds
    let zone =
      milliseconds < start
      ? (start - milliseconds + Self.hourMilliseconds - 1) / Self.hourMilliseconds
      : milliseconds < end ? 0 : -((milliseconds - end) / Self.hourMilliseconds + 1)
    guard zone != 0, (-12...14).contains(zone) else { return self }
    let localHour = (hour + Int(zone) + 24) % 24
    return PublishedTime(
      year: printed.year, month: printed.month, day: printed.day, time: (localHour, minute, second ?? 0),
      offsetMinutes: Int(zone) * 60) ?? self
  }

  /// Milliseconds since 1970; a day without a time begins in UTC.
  public var milliseconds: Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    let minutes = (hour ?? 0) * 60 + (minute ?? 0) - (offsetMinutes ?? 0)
    return (Int64(days) * 86_400 + Int64(minutes) * 60 + Int64(second ?? 0)) * 1_000
  }

  private func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
  }
}
