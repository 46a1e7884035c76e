/// The program `offprint-bench`.
@main enum OffprintBench {
  static func main() async { await BenchProgram.runner().mainAndExit() }
}
