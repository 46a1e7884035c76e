/// One step of a schema: from one version to the next, in one transaction. Once released it never changes.
package struct Migration: Sendable {
  /// What it does, for error messages and logs.
  package let name: String
  let apply: @Sendable (Connection) throws -> Void

  /// A step written in SQL.
  package init(_ name: String, sql: String) {
    self.init(name) { connection in try connection.script(sql) }
  }

  /// A step that needs code. It runs inside the step's transaction and opens none.
  package init(_ name: String, apply: @escaping @Sendable (Connection) throws -> Void) {
    self.name = name
    self.apply = apply
  }
}
