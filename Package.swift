// swift-tools-version: 6.2
import PackageDescription

/// Complete concurrency checking comes with language mode 6; a warning is a failed build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// A C library of the system, found by pkg-config, installed by `Scripts/setup`.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Locks: every module may have them.
let locks: Target.Dependency = "OffprintLocks"

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies + [locks], swiftSettings: strict)
}

/// What a product module has besides in a build with planted bugs; nothing at all in any other build.
let plantedBugs: Target.Dependency = .target(name: "OffprintMutants", condition: .when(traits: ["MUTANTS"]))

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + [locks], swiftSettings: strict)
}

/// The fuzzer links libFuzzer, which only a build with coverage has: `Scripts/fuzz` asks for it, nobody else.
let fuzzer: [Target] =
  Context.environment["OFFPRINT_BUILD_FUZZER"] == nil
  ? [] : [.executableTarget(name: "OffprintFuzzer", dependencies: ["OffprintFuzzing"], swiftSettings: strict)]

let package = Package(
  name: "offprint",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "Offprint", targets: ["Offprint", "OffprintURLSession"]),
    .library(name: "OffprintReader", targets: ["OffprintReader"]),
    .executable(name: "offprint", targets: ["OffprintCLI"]),
    .executable(name: "offprintd", targets: ["OffprintDaemon"]),
    .executable(name: "offprint-sim", targets: ["OffprintSim"]),
    .executable(name: "offprint-bench", targets: ["OffprintBench"]),
  ],
  traits: [
    .trait(name: "MUTANTS", description: "Lets the simulator plant known bugs. Never for a build that people use.")
  ],
  targets: [
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    system("CLibXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
    system("CQREncode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),

    .target(name: "OffprintLocks", swiftSettings: strict),
    module("OffprintCrypto", [.target(name: "CSodium", condition: .when(platforms: [.linux]))]),
    module("OffprintGzip", ["CZlib"]),
    module("OffprintSQLite", ["CSQLite"]),
    module("OffprintFiles", []),
    module("OffprintHTTP", []),
    module("OffprintMutants", []),
    module("OffprintWire", ["OffprintCrypto", plantedBugs]),
    module("OffprintReader", ["OffprintWire", "CLibXML2"]),
    module(
      "Offprint",
      [
        "OffprintWire", "OffprintGzip", "OffprintCrypto", "OffprintSQLite", "OffprintFiles", "OffprintHTTP",
        plantedBugs,
      ]),
    module("OffprintURLSession", ["Offprint", "OffprintHTTP"]),
    module(
      "OffprintServer",
      [
        "OffprintWire", "OffprintGzip", "OffprintCrypto", "OffprintSQLite", "OffprintFiles", "OffprintHTTP", "CSodium",
        plantedBugs,
      ]),
    module("OffprintFetch", ["OffprintHTTP", "OffprintGzip", "CCurl"]),
    module("OffprintHTTPServer", ["OffprintHTTP", "CMicroHTTPD"]),
    module(
      "OffprintCommands",
      [
        "Offprint", "OffprintReader", "OffprintURLSession", "OffprintServer", "OffprintHTTPServer", "OffprintFetch",
        "OffprintFiles", "CQREncode",
      ]),
    module("OffprintSeed", []),
    .target(name: "CFaultVFS", dependencies: ["CSQLite"], cSettings: [.treatAllWarnings(as: .error)]),
    module("OffprintFaultDisk", ["CFaultVFS", "OffprintFiles"]),
    module("OffprintOracle", []),
    module(
      "OffprintTesting",
      ["OffprintSeed", "Offprint", "OffprintServer", "OffprintWire", "OffprintGzip", "OffprintHTTP", "OffprintCrypto"]),
    module(
      "OffprintFuzzing",
      [
        "OffprintTesting", "OffprintSeed", "Offprint", "OffprintServer", "OffprintReader", "OffprintWire",
        "OffprintGzip",
        "OffprintHTTP", "OffprintCrypto",
      ]),

    module(
      "OffprintSimulation",
      [
        "OffprintFaultDisk", "OffprintOracle", "OffprintTesting", "OffprintSeed", "Offprint", "OffprintServer",
        "OffprintWire", "OffprintGzip", "OffprintHTTP", "OffprintCrypto", "OffprintSQLite", "OffprintFiles",
      ]),
    module("OffprintProcesses", ["OffprintTesting"]),

    .executableTarget(name: "OffprintCLI", dependencies: ["OffprintCommands"], swiftSettings: strict),
    .executableTarget(
      name: "OffprintSim", dependencies: ["OffprintSimulation", "OffprintCommands", plantedBugs], swiftSettings: strict),
    .executableTarget(
      name: "OffprintBench",
      dependencies: [
        "OffprintCommands", "OffprintProcesses", "OffprintTesting", "OffprintSQLite", "OffprintCrypto", "OffprintWire",
        locks,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "OffprintDaemon", dependencies: ["OffprintCommands"], exclude: ["Deployment"], swiftSettings: strict),

    tests("OffprintCryptoTests", ["OffprintCrypto", "OffprintSeed"]),
    tests("OffprintGzipTests", ["OffprintGzip", "OffprintSeed"]),
    tests("OffprintSQLiteTests", ["OffprintSQLite", "OffprintSeed"]),
    tests("FaultDiskTests", ["OffprintFaultDisk", "OffprintSQLite", "OffprintSeed"]),
    tests("OffprintWireTests", ["OffprintWire", "OffprintTesting"]),
    tests("OffprintReaderTests", ["OffprintReader", "OffprintWire", "OffprintSeed", "OffprintTesting"]),
    tests("OffprintTests", ["Offprint", "OffprintServer", "OffprintTesting", "OffprintSQLite", "OffprintFiles"]),
    tests("OffprintURLSessionTests", ["OffprintURLSession", "OffprintHTTPServer", "OffprintProcesses"]),
    tests(
      "OffprintFetchTests", ["OffprintFetch", "OffprintHTTP", "OffprintGzip", "OffprintProcesses", "OffprintTesting"]),
    tests("OffprintHTTPServerTests", ["OffprintHTTPServer", "OffprintProcesses"]),
    tests("OffprintServerTests", ["OffprintServer", "OffprintGzip", "OffprintCrypto", "OffprintTesting"]),
    tests("StoreTests", ["OffprintServer", "OffprintTesting"]),
    tests("ProtocolTests", ["Offprint", "OffprintWire", "OffprintServer", "OffprintTesting"]),
    tests("SweepTests", ["OffprintSimulation", "OffprintFaultDisk", "OffprintSeed"]),
    tests("OracleTests", ["OffprintOracle", "OffprintSeed"]),
    tests("SimulationTests", ["OffprintSimulation", "OffprintSeed"]),
    tests("FuzzingTests", ["OffprintFuzzing", "OffprintTesting"]),
    tests(
      "CommandLineTests",
      [
        "OffprintCommands", "OffprintTesting", "OffprintProcesses", "OffprintSQLite", "OffprintServer", "OffprintCLI",
        "OffprintDaemon",
      ]),
    tests(
      "HostileClientTests",
      ["OffprintServer", "OffprintGzip", "OffprintCrypto", "OffprintProcesses", "OffprintDaemon"]),
    tests(
      "HostileServerTests", ["OffprintWire", "OffprintGzip", "OffprintCrypto", "OffprintProcesses", "OffprintCLI"]),
    tests("RepositoryTests", []),
  ] + fuzzer,
  swiftLanguageModes: [.v6]
)
