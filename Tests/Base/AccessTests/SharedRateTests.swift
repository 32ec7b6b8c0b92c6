import Access
import Basics
import Testing

/// A rate that all event loops share.
@Suite struct SharedRateTests {
    @Test func sharesARate() {
        let rate = SharedRate(RateLimit(count: 4, periodMilliseconds: 1_000))
        let start: Int64 = 5_000_000_000
        #expect((0..<6).map { _ in rate.admits(at: start) } == [true, true, true, true, false, false])
        #expect(!rate.admits(at: start + 249_999_999) && rate.admits(at: start + 250_000_000))
        #expect(!rate.admits(at: start + 250_000_000), "a refused one has used nothing up, and gained nothing")
        #expect(!rate.isIdle(at: start + 1_249_999_999) && rate.isIdle(at: start + 1_250_000_000))
        #expect((0..<5).map { _ in rate.admits(at: start + 9_000_000_000) } == [true, true, true, true, false])
    }

    @Test func sharesARateAmongThreads() async {
        let rate = SharedRate(RateLimit(count: 1_000, periodMilliseconds: 3_600_000))
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).count { _ in rate.admits(at: 0) } } }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1_000)
    }
}
