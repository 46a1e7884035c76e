import OffprintCrypto
import OffprintProcesses
import Testing

/// Contents that are several things at once are bytes to be kept and nothing else (E22).
@Suite(.daemon(), .serialized) struct PolyglotTests {
  @Test(arguments: [
    "GIF89a/*<script>alert(1)</script>*/=1;", "<!doctype html><script>alert(1)</script>",
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "%PDF-1.7 <script>alert(1)</script>",
    "\u{FEFF}<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>", "PK\u{3}\u{4}",
  ])
  func `E22: whatever the bytes look like, they come as an attachment of no kind that may do nothing`(text: String)
    async throws
  {
    let daemon = try theDaemon()
    let bytes = Array(text.utf8)
    let target = "/v1/contents/\(Hex.encode(SHA256.hash(bytes)))"
    let put = RawRequest("PUT", target, token: daemon.ana, [("Content-Type", "text/html")], body: bytes)
    #expect(try await daemon.send(put).status == 204)
    for headers in [[], [("Accept", "text/html")], [("Range", "bytes=0-3")], [("Accept-Encoding", "gzip")]] {
      let answer = try await daemon.send(RawRequest("GET", target, token: daemon.ana, headers))
      #expect(answer.status == 200 || answer.status == 206)
      #expect(answer.headers["content-type"] == "application/octet-stream")
      #expect(answer.headers["content-disposition"] == "attachment")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["content-security-policy"] == "default-src 'none'; sandbox")
    }
  }
}
