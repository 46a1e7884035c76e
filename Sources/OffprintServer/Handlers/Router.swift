import OffprintWire

/// The table of routes, from which 404, 405 and `Allow` follow.
package enum Router {
  /// Bytes of a small JSON body.
  private static let smallBytesMax = 65_536
  /// Bytes of a list of hashes: 1,000 of them with quotes and commas, and room.
  private static let listBytesMax = 131_072
  /// Bytes of a content as sent: gzip makes what cannot be compressed a little larger.
  private static let contentBytesMax = Limits.contentBytesMax + 65_536

  /// Every route, in the order of the specification.
  package static let routes: [Route] = [
    Route(method: "GET", pattern: "/healthz", name: "healthz", needsDevice: false, bodyBytesMax: 0) { _, _ in
      .json(.members(("status", .string("ok"))))
    },
    Route(method: "GET", pattern: "/readyz", name: "readyz", needsDevice: false, bodyBytesMax: 0) {
      try $0.readiness($1)
    },
    Route(method: "GET", pattern: "/v1/info", name: "info", needsDevice: false, bodyBytesMax: 0) { try $0.info($1) },
    Route(
      method: "POST", pattern: "/v1/devices", name: "sign-in", needsDevice: false, bodyBytesMax: smallBytesMax
    ) { try $0.signIn($1) },
    Route(method: "GET", pattern: "/v1/devices", name: "devices", needsDevice: true, bodyBytesMax: 0) {
      try $0.devices($1)
    },
    Route(method: "DELETE", pattern: "/v1/devices/{id}", name: "revoke", needsDevice: true, bodyBytesMax: 0) {
      try $0.revoke($1)
    },
    Route(
      method: "POST", pattern: "/v1/sync", name: "sync", needsDevice: true, bodyBytesMax: Limits.pushBytesMax
    ) { try $0.sync($1) },
    Route(method: "GET", pattern: "/v1/changes", name: "changes", needsDevice: true, bodyBytesMax: 0) {
      try $0.changes($1)
    },
    Route(method: "GET", pattern: "/v1/events", name: "events", needsDevice: true, bodyBytesMax: 0) {
      try $0.events($1)
    },
    Route(method: "GET", pattern: "/v1/digest", name: "digest", needsDevice: true, bodyBytesMax: 0) {
      try $0.digest($1)
    },
    Route(method: "GET", pattern: "/v1/contents/{hash}", name: "content", needsDevice: true, bodyBytesMax: 0) {
      try $0.content($1)
    },
    Route(
      method: "PUT", pattern: "/v1/contents/{hash}", name: "upload", needsDevice: true, bodyBytesMax: contentBytesMax
    ) { try $0.upload($1) },
    Route(
      method: "POST", pattern: "/v1/contents/missing", name: "missing", needsDevice: true, bodyBytesMax: listBytesMax
    ) { try $0.missingContents($1) },
    Route(
      method: "POST", pattern: "/v1/contents/batch", name: "batch", needsDevice: true, bodyBytesMax: listBytesMax
    ) { try $0.contentBatch($1) },
  ]

  /// The routes of each path that is written out.
  private static let literal = Dictionary(grouping: routes.filter { !$0.pattern.contains("{") }, by: \.pattern)
  /// Those with a text in braces.
  private static let patterned = routes.filter { $0.pattern.contains("{") }

  /// A route with the texts of its pattern's braces.
  package struct Match: Sendable {
    /// The route.
    package let route: Route
    /// The texts.
    package let parameters: [String]
  }

  /// The route for a request.
  /// - Throws: ``Refused``.
  package static func match(method: String, path: String) throws(Refused) -> Match {
    let asked = method == "HEAD" ? "GET" : method
    var allowed: [String] = []
    // A path written out is not another's parameter: `/v1/contents/missing` is no content's address.
    let literal = literal[path]?.filter { $0.pattern.utf8.elementsEqual(path.utf8) } ?? []
    for route in literal.isEmpty ? patterned : literal {
      guard let parameters = route.parameters(in: path) else { continue }
      if route.method == asked { return Match(route: route, parameters: parameters) }
      allowed.append(contentsOf: route.method == "GET" ? ["GET", "HEAD"] : [route.method])
    }
    throw allowed.isEmpty ? .unknownPath : .otherMethods(Array(Set(allowed)).sorted())
  }

  /// Why there is no route for a request.
  package enum Refused: Error, Sendable, Hashable {
    /// 404
    case unknownPath
    /// 405 with these methods.
    case otherMethods([String])
  }

  /// The most bytes of a body that a request of this method and path may have.
  package static func bodyBytesMax(method: String, path: String) -> Int {
    guard let match = try? match(method: method, path: path) else { return smallBytesMax }
    return match.route.bodyBytesMax
  }
}
