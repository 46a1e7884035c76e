import OffprintSeed

/// The generator of every builder here.
package typealias SeededGenerator = OffprintSeed.SeededGenerator
