import OffprintFuzzing
import Testing
