import OffprintOracle
import Testing

@Suite struct PlaceholderTests {
  @Test func `a new oracle finds nothing`() { #expect(Oracle().violations.isEmpty) }
}
