import LoadTest
import Testing

@Suite("Time series")
struct TimeSeriesTests {
    private typealias Updates = TimeSeries<UpdateBucket>

    @Test("what happens is counted in its second")
    func seconds() {
        var series = Updates()
        for milliseconds in [0, 999, 1000, 3500] { series.at(.milliseconds(milliseconds)) { $0.sent += 1 } }
        #expect(series.width == 1 && series.buckets.map(\.sent) == [2, 1, 0, 1])
    }

    @Test("a day has as few buckets as ten minutes, and nothing is lost")
    func day() {
        var series = Updates()
        for second in stride(from: 0, to: 86_400, by: 7) {
            series.at(.seconds(second)) { bucket in
                bucket.sent += 1
                bucket.latency.record(Int64(second))
                bucket.failed.add("timeout")
            }
        }
        let count = 86_400 / 7 + 1
        #expect(series.width == 256 && series.buckets.count <= Updates.bucketsMax)
        #expect(series.buckets.reduce(0) { $0 + $1.sent } == count)
        #expect(series.buckets.reduce(0) { $0 + $1.latency.count } == count)
        #expect(series.buckets.reduce(0) { $0 + $1.failed.total } == count)
        #expect(series.buckets[10].latency.percentile(0).map { (2560..<2596).contains($0) } == true)
        // A time out of order, and one before the beginning.
        series.at(.seconds(3)) { $0.sent += 1 }
        series.at(.seconds(-3)) { $0.sent += 1 }
        #expect(series.buckets[0].sent == 256 / 7 + 3)
    }

    @Test("two series of other widths add up to one of the wider")
    func sum() {
        var (short, long) = (Updates(), Updates())
        for second in 0..<600 { short.at(.seconds(second)) { $0.sent += 1 } }
        for second in 0..<1300 { long.at(.seconds(second)) { $0.sent += 1 } }
        #expect(short.width == 1 && long.width == 4)
        var (left, right) = (short, long)
        left.add(long)
        right.add(short)
        for sum in [left, right] {
            #expect(
                sum.width == 4 && sum.buckets.count == 325 && sum.buckets[0].sent == 8 && sum.buckets[324].sent == 4)
        }
    }

    @Test("updates and watchers stand side by side")
    func timeline() {
        var (updates, watching) = (Updates(), TimeSeries<WatchBucket>())
        updates.at(.zero) { bucket in
            (bucket.sent, bucket.accepted) = (3, 2)
            bucket.failed.add("429 rate_limited")
            for milliseconds in Int64(1)...100 { bucket.latency.record(milliseconds * 1000) }
        }
        watching.at(.seconds(2)) { $0.messages = 7 }
        let timeline = Timeline(updates, watching)
        #expect(timeline.width == 1 && timeline.points.map(\.second) == [0, 1, 2])
        #expect(timeline.points.map(\.messages) == [0, 0, 7] && timeline.points.map(\.accepted) == [2, 0, 0])
        #expect(timeline.points[0].failed.counts == ["429 rate_limited": 1] && timeline.points[2].latency == nil)
        let latency = timeline.points[0].latency
        #expect(latency.map { abs($0.p50 - 50) < 1 && abs($0.p99 - 99) < 1 && abs($0.max - 100) < 1 } == true)
    }

    @Test("names that servers send are bounded in number and length, and shown without control characters")
    func codes() {
        var codes = CodeCounts()
        for number in 0..<1000 { codes.add("500 code\(number)") }
        #expect(codes.counts.count <= CodeCounts.namesMax + 1 && codes.total == 1000)
        #expect(codes.counts[CodeCounts.other].map { $0 > 900 } == true)
        var odd = CodeCounts()
        odd.add("500 \u{1B}[31m\n" + String(repeating: "x", count: 5000))
        #expect(odd.counts.keys.allSatisfy { $0.hasPrefix("500 ?[31m?") && $0.utf8.count < 100 })
        codes.add(codes)
        #expect(codes.total == 2000)
    }
}
