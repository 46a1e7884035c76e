#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `write`, under a name that methods called so do not hide.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// `read`, under a name that methods called so do not hide.
func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}

/// `open` for reading, under a name that methods called so do not hide.
func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }

/// The system's words for an error number.
func systemReason(_ number: Int32) -> String {
  switch number {
  case ENOENT: "no such file or folder"
  case EACCES, EPERM: "permission denied"
  case EISDIR: "it is a folder"
  case ENOTDIR: "a part of the path is no folder"
  case ENOSPC: "no space left on device"
  default: strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }
}

/// The error number of a full disk.
let systemNoSpace = ENOSPC
