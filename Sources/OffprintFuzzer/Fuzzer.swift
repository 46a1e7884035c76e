import Foundation
import OffprintFuzzing

/// libFuzzer's own loop (LLVM, compiler-rt/lib/fuzzer/FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that this process runs, from `OFFPRINT_FUZZ_TARGET`.
private let target = ProcessInfo.processInfo.environment["OFFPRINT_FUZZ_TARGET"].flatMap(FuzzTarget.named)

/// At file scope, since C calls it on whatever thread it likes.
private let runInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  guard let target, count <= target.bytesMax else { return -1 }
  do { try target.checkBlocking(Array(UnsafeBufferPointer(start: start, count: count))) } catch {
    // The one place that traps on purpose: it is how the fuzzer learns of a broken promise.
    fatalError("\(target.name): \(error)")
  }
  return 0
}

/// At the end of a run, which libFuzzer makes the end of the process.
private let report: @convention(c) () -> Void = {
  if FuzzTarget.requestsAnswered > 0 { print("requests answered: \(FuzzTarget.requestsAnswered)") }
}

@main
enum Fuzzer {
  static func main() {
    guard let target else {
      print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
      return
    }
    // What libFuzzer does not know is the length worth trying.
    let length = strdup("-max_len=\(target.bytesMax)")
    atexit(report)
    var arguments = [CommandLine.unsafeArgv[0], length]
    arguments += (1..<max(1, Int(CommandLine.argc))).map { CommandLine.unsafeArgv[$0] } + [nil]
    var count = CInt(arguments.count - 1)
    let code = arguments.withUnsafeMutableBufferPointer { buffer -> CInt in
      guard var base = buffer.baseAddress else { return 1 }
      return runFuzzer(&count, &base, runInput)
    }
    exit(code)
  }
}
