import OffprintCommands
import OffprintWire
import OffprintLocks
import Testing

/// Lines of the server's log (E17).
@Suite struct LogTests {
  /// What could begin another line, steer a terminal, or break the form.
  static let texts = [
    "a\nevent=forged", "a\r\nb", "\u{1B}]0;title\u{7}", "\u{1B}[31mred", "\u{9B}31m", "a\u{0}b", "\u{85}", "\u{2028}",
    "\u{202E}abc",
    "a b", "a=b", "\"quoted\"", "back\\slash", "", "é", "\t", "\u{7F}", "status=200 ms=1",
  ]

  private func line(_ form: DaemonLog.Form, _ text: String) -> String {
    let written = Mutex("")
    DaemonLog(form: form, now: { 1_800_000_000_123 }) { line in written.withLock { $0 += line + "\n" } }
      .event("request", [("text", .string(text)), ("status", .integer(404))])
    return written.withLock { $0 }
  }

  @Test(arguments: texts)
  func `whatever is in a field, an event is one line of plain text in either form`(text: String) throws {
    for form in [DaemonLog.Form.json, .logfmt] {
      let line = line(form, text)
      #expect(line.utf8.count { $0 == 0x0A } == 1 && line.hasSuffix("\n"))
      #expect(
        line.dropLast().unicodeScalars.allSatisfy { scalar in
          scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x2028...0x202E).contains(scalar.value)
        }, "\(line.debugDescription)")
    }
    let json = try JSONValue(parsing: Array(line(.json, text).utf8.dropLast()))
    #expect(json["event"]?.string == "request" && json["status"]?.integer == 404)
    #expect(json["time"]?.string == "2027-01-15T08:00:00.123Z")
    let logfmt = line(.logfmt, text)
    #expect(logfmt.hasPrefix("time=2027-01-15T08:00:00.123Z event=request text=") && logfmt.hasSuffix(" status=404\n"))
    // A field's own text is never taken for the next field: with blanks or equals signs it stands in quotes.
    let field = logfmt.dropFirst("time=2027-01-15T08:00:00.123Z event=request text=".count).dropLast(
      " status=404\n".count)
    #expect(field.hasPrefix("\"") && field.hasSuffix("\"") || !field.contains { " =\"".contains($0) }, "\(field)")
  }
}
