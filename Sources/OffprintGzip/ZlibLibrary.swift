import CZlib

/// The zlib that this program runs with.
package enum ZlibLibrary {
  /// Its version: `1.2.13`.
  package static var version: String { String(cString: zlibVersion()) }
}
