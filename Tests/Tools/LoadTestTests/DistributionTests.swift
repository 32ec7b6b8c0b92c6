import Basics
import LoadTest
import Testing

@Suite("Distributions")
struct DistributionTests {
    @Test("small values are exact, by nearest rank")
    func exact() {
        var distribution = Distribution()
        for value in Int64(1)...200 { distribution.record(value) }
        #expect(distribution.count == 200)
        #expect(distribution.percentile(0) == 1)
        #expect(distribution.percentile(0.5) == 100)
        #expect(distribution.percentile(0.99) == 198)
        #expect(distribution.percentile(0.999) == 200)
        #expect(distribution.percentile(1) == 200)
    }

    @Test("a value of any size is found to a thousandth, and never too small")
    func error() throws {
        var value: Int64 = 1
        while value < 1 << 38 {
            for near in [value - 1, value, value + 1, value + value / 3] {
                var distribution = Distribution()
                distribution.record(near)
                distribution.record(near * 2)
                let found = try #require(distribution.percentile(0.5))
                #expect(found >= near && Double(found - near) <= Double(near) / 1000, "\(near) was found as \(found)")
            }
            value *= 3
        }
    }

    @Test("the percentiles of two that were added are those of all values")
    func sum() {
        var generator = SplitMix64(seed: 7)
        var (left, right, all) = (Distribution(), Distribution(), Distribution())
        for _ in 0..<5000 {
            let value = Int64.random(in: -50_000...3_000_000, using: &generator)
            all.record(value)
            if Bool.random(using: &generator) { left.record(value) } else { right.record(value) }
        }
        left.add(right)
        #expect(left == all)
        #expect(left.belowZero > 0)
    }

    @Test("nothing recorded has no percentiles, and what is beyond all bounds counts as the bound")
    func ends() {
        #expect(Distribution().percentile(0.5) == nil)
        var distribution = Distribution()
        distribution.record(.max)
        distribution.record(.min)
        #expect(
            distribution.percentile(1) == 1 << 40 && distribution.percentile(0.5) == 0 && distribution.belowZero == 1)
    }
}
