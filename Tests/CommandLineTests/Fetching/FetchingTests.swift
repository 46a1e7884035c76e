import Foundation
import OffprintProcesses
import OffprintWire
import Testing

/// A daemon that fetches what devices save by its address.
@Suite(.serialized) struct FetchingTests {
  private static let text = "Hundreds of them, folded out of whatever there was at home."

  private let site = PageSite()

  private func world(_ variables: [String: String] = [:], allowed: Bool = true) throws -> RealWorld {
    try RealWorld(variables: self.variables(variables, allowed: allowed))
  }

  private func variables(_ more: [String: String] = [:], allowed: Bool = true) -> [String: String] {
    ["OFFPRINTD_FETCH_ENABLED": "true", "OFFPRINTD_FETCH_ALLOW": allowed ? site.address : ""].merging(more) { $1 }
  }

  /// The first article of a device, after a sync.
  private func article(_ world: RealWorld, _ device: String) throws -> JSONValue? {
    let sync = try world.client(device, "sync")
    guard sync.status == 0 else { throw RealWorld.Failure(text: sync.errors) }
    let line = try world.client(device, "list", "--all", "--json").output.split(separator: "\n").first
    return try line.map { try JSONValue(parsing: Array($0.utf8)) }
  }

  private func isOf(_ state: String, _ world: RealWorld, _ device: String) throws -> Bool {
    try comesTrue { try article(world, device)?["content"]?.string == state }
  }

  private func save(_ path: String, on world: RealWorld, _ device: String = "phone") throws {
    let added = try world.client(device, "add", "http://\(site.address)\(path)")
    #expect(added.status == 0 && added.errors.contains("the server fetches the page"))
  }

  private func show(_ world: RealWorld, _ device: String) throws -> String {
    let id = try #require(try article(world, device)?["id"]?.string)
    return try world.client(device, "show", id).output
  }

  @Test func `a page saved offline by its address is fetched by the server, and read on another device`() throws {
    site.put("/old", PageSite.Answer(status: "301 Moved", headers: ["Location: /boats"]))
    site.put("/boats", .page("Paper boats", Self.text))
    let world = try world()
    try save("/old", on: world)
    #expect(try world.signIn("phone").status == 0 && world.signIn("tablet").status == 0)
    #expect(try isOf("ready", world, "phone"))
    #expect(try isOf("ready", world, "tablet"))
    let shown = try show(world, "tablet")
    #expect(shown.hasPrefix("Paper boats\n") && shown.contains(Self.text))
    #expect(shown.contains("url http://\(site.address)/old\n"), "what was saved stays as it was saved")
    #expect(site.requests == ["/old", "/boats"])
    for device in ["phone", "tablet"] {
      #expect(try world.client(device, "verify", "--json").output.contains("\"server\":\"equal\""))
    }
  }

  @Test func `an article is read without a network, with its pictures, on every device`() throws {
    let boat = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: RealProgram.repository + "/Tests/Fixtures/site/boat.png")))
    let page = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: RealProgram.repository + "/Tests/Fixtures/site/paper-boats.html")))
    let inner = PageSite()
    inner.put("/secret.png", PageSite.Answer(type: "image/png", body: boat))
    let more = """
      <p>More of them: <img src="moved.png" alt="moved"> <img src="none.png" alt="gone"> <img src="page.png" alt="a page">
      <img src="http://\(inner.address)/secret.png" alt="inside"> <img src="boat.png" alt="again"></p></article>
      """
    site.put(
      "/a/b.html",
      PageSite.Answer(body: Array(String(decoding: page, as: UTF8.self).replacing("</article>", with: more).utf8)))
    site.put("/a/moved.png", PageSite.Answer(status: "302 Found", headers: ["Location: /gif"]))
    let gif = Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
    site.put("/gif", PageSite.Answer(type: "image/jpeg", body: gif))
    site.put("/a/page.png", PageSite.Answer(type: "image/png", body: page))
    // What the site calls it does not count.
    site.put("/a/boat.png", PageSite.Answer(type: "application/octet-stream", body: boat))
    let world = try world()
    #expect(try world.signIn("phone").status == 0 && world.signIn("tablet").status == 0)
    try save("/a/b.html", on: world)
    #expect(try isOf("ready", world, "phone"))
    #expect(try isOf("ready", world, "tablet"))
    world.stop(SIGTERM)
    #expect(inner.requests.isEmpty)
    let id = String(
      try #require(
        world.client("tablet", "list", "--json").output.components(separatedBy: "\"id\":\"").last?.prefix(32)))
    let shown = try JSONValue(parsing: Array(world.client("tablet", "show", id, "--json").output.dropLast().utf8))
    let pictures = try #require(shown["pictures"]?.array)
    #expect(pictures.count == 2 && pictures.allSatisfy { $0["here"]?.bool == true })
    #expect(pictures.compactMap { $0["size"]?.integer } == [Int64(boat.count), Int64(gif.count)])
    #expect(try world.client("tablet", "show", id).output.contains("with 2 pictures"))
    // As files, for a browser.
    let folder = world.folder.file("pictures")
    let html = try world.client("tablet", "show", id, "--format", "html", "--pictures", folder).output
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(files.count == 2 && Set(files.map { $0.suffix(4) }) == [".png", ".gif"])
    for file in files {
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")))
      #expect(bytes == boat || bytes == gif)
      #expect(html.contains("src=\"\(folder)/\(file)\""))
    }
    #expect(!html.contains("offprint:") && html.contains("src=\"http://\(site.address)/a/none.png\""))
    #expect(try world.client("tablet", "verify").status == 0)
  }

  @Test func `the encoding that a site names goes before what its page says`() throws {
    let head = Array("<!doctype html><html><head><meta charset=utf-8><title>".utf8)
    // "Лодки" in windows-1251.
    let word: [UInt8] = [0xCB, 0xEE, 0xE4, 0xEA, 0xE8]
    let rest = Array("</title></head><body><article><p>".utf8) + word + Array("</p></article></body></html>".utf8)
    site.put(
      "/boats", PageSite.Answer(type: "text/html; charset=\"windows-1251\"", body: head + word + rest))
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try isOf("ready", world, "phone"))
    #expect(try show(world, "phone").hasPrefix("Лодки\n"))
  }

  @Test func `a fetch that a kill -9 broke off is done by the next server`() throws {
    site.put("/boats", .page("Paper boats", Self.text))
    site.hold("/boats", true)
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(comesTrue { site.requests.count == 1 })
    world.stop(SIGKILL)
    site.hold("/boats", false)
    try world.start(variables: variables())
    #expect(try isOf("ready", world, "phone"))
    #expect(site.requests == ["/boats", "/boats"])
  }

  @Test func `a server that is stopped over a fetch ends in time, and what waits is fetched by the next`() throws {
    site.put("/boats", .page("Paper boats", Self.text))
    site.hold("/boats", true)
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try world.client("phone", "sync").status == 0)
    #expect(comesTrue { site.requests.count == 1 })
    let began = Date()
    #expect(world.stop(SIGTERM)?.status == 0)
    #expect(Date().timeIntervalSince(began) < 8)
    site.hold("/boats", false)
    try world.start(variables: variables())
    #expect(try isOf("ready", world, "phone"))
  }

  @Test func `a page that is gone says so, keeps its text, and may be asked for again`() throws {
    site.put("/boats", .page("Paper boats", Self.text))
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try isOf("ready", world, "phone"))
    let id = try #require(try article(world, "phone")?["id"]?.string)
    // Gone: the text stays.
    site.put("/boats", .status("410 Gone"))
    let asked = try world.client("phone", "fetch", id)
    #expect(asked.status == 0 && asked.errors.contains("the server fetches the page"))
    #expect(try world.client("phone", "sync").status == 0)
    #expect(comesTrue { site.requests.count == 2 })
    #expect(try show(world, "phone").contains(Self.text))
    // Back, with another text.
    site.put("/boats", .page("Paper boats", "All of it new."))
    #expect(try world.client("phone", "fetch", id).status == 0)
    #expect(try comesTrue { try show(world, "phone").contains("All of it new.") })
    #expect(try world.client("phone", "verify", "--json").output.contains("\"server\":\"equal\""))
  }

  @Test func `why nothing was found is told, and the link stays`() throws {
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/nothing", on: world)
    #expect(try isOf("failed", world, "phone"))
    #expect(try show(world, "phone").contains("the site has no such page (404)"))
    #expect(try world.client("phone", "list").output.contains("http://\(site.address)/nothing"))
    let file = try world.client("phone", "add", "-", "--title", "A file", input: "Text.\n")
    let id = file.output.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    let refused = try world.client("phone", "fetch", id)
    #expect(refused.status != 0 && refused.errors.contains("no address to fetch it from"))
  }

  @Test func `what is not admitted is never connected to, and no proxy is asked`() throws {
    let proxy = PageSite()
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    let world = try world(
      Dictionary(uniqueKeysWithValues: names.map { ($0, "http://\(proxy.address)") }), allowed: false)
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try isOf("failed", world, "phone"))
    #expect(try show(world, "phone").contains("it is not one of the public internet"))
    #expect(site.requests.isEmpty && proxy.requests.isEmpty)
    #expect(world.stop(SIGTERM)?.errors.contains("\"result\":\"address-not-allowed\"") == true)
  }

  @Test func `nothing is fetched where that is switched off, and what waited is once it is on`() throws {
    site.put("/boats", .page("Paper boats", Self.text))
    let world = try world(["OFFPRINTD_FETCH_ENABLED": "false"])
    #expect(try world.signIn("phone").status == 0)
    try save("/boats", on: world)
    #expect(try article(world, "phone")?["content"]?.string == "pending")
    world.stop(SIGTERM)
    #expect(site.requests.isEmpty)
    try world.start(variables: variables())
    #expect(try isOf("ready", world, "phone"))
  }

  @Test func `what is fetched, and from where, is in no log`() throws {
    site.put("/secret-reading", .page("Paper boats", Self.text))
    let world = try world()
    #expect(try world.signIn("phone").status == 0)
    try save("/secret-reading", on: world)
    #expect(try isOf("ready", world, "phone"))
    let errors = try #require(world.stop(SIGTERM)).errors
    #expect(errors.contains("\"event\":\"fetch\""))
    for word in ["secret-reading", site.address, "Paper boats"] { #expect(!errors.contains(word)) }
  }

  @Test(arguments: ["localhost:80", "10.0.0.0/8", "127.0.0.1", "example.org:443"])
  func `an address that may be fetched from is exact`(text: String) throws {
    let ended = try RealProcess.run(
      RealProgram.path("offprintd"), ["config", "show", "--fetch-allow", text])
    #expect(ended.status != 0 && ended.errors.contains("fetch.allow"))
  }

  @Test func `what may be fetched from beside the public addresses is shown by doctor and config show`() throws {
    let folder = try RealWorld(starts: false)
    let options = ["--data", folder.folder.file("server"), "--fetch-allow", "127.0.0.1:8080"]
    for verb in [["doctor"], ["config", "show"]] {
      let ended = try RealProcess.run(RealProgram.path("offprintd"), verb + options)
      #expect(ended.output.contains("127.0.0.1:8080") && ended.output.contains("allow"))
    }
  }
}
