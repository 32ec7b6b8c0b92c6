import Reporting
import Testing

/// When trouble with a store is worth a line.
struct TroubleWindowTests {
    @Test func oneLineAtTheStartThenOneInTenSecondsAndOneAtTheEnd() {
        var window = TroubleWindow()
        #expect(window.recordFailure(at: 5_000) == .warning(suppressed: 0))
        for moment: Int64 in 5_001..<15_000 { #expect(window.recordFailure(at: moment) == nil) }
        #expect(window.recordFailure(at: 15_000) == .warning(suppressed: 9_999))
        #expect(window.recordFailure(at: 15_500) == nil)
        #expect(window.recordSuccess(at: 16_500) == .recovered(failures: 10_002, milliseconds: 10_500))
        #expect(window.recordSuccess(at: 16_501) == nil)
        #expect(!window.isInTrouble)
    }

    /// Where one partition fails and the others work, every success would be an end and every failure a start.
    @Test func successesBetweenFailuresAreNoEnd() {
        var window = TroubleWindow()
        #expect(window.recordFailure(at: 0) == .warning(suppressed: 0))
        for moment: Int64 in stride(from: 10, to: 9_990, by: 20) {
            #expect(window.recordSuccess(at: moment) == nil)
            #expect(window.recordFailure(at: moment + 10) == nil)
        }
        #expect(window.isInTrouble)
    }

    @Test func aTroubleThatComesBackIsToldWhenTenSecondsAreOver() {
        var window = TroubleWindow()
        #expect(window.recordFailure(at: 0) == .warning(suppressed: 0))
        #expect(window.recordSuccess(at: 1_000) == .recovered(failures: 1, milliseconds: 0))
        // Told neither at its start nor at its end.
        #expect(window.recordFailure(at: 2_000) == nil)
        #expect(window.recordSuccess(at: 3_000) == nil)
        #expect(window.recordFailure(at: 9_999) == nil)
        #expect(window.recordFailure(at: 10_000) == .warning(suppressed: 2))
        #expect(window.recordSuccess(at: 11_000) == .recovered(failures: 2, milliseconds: 1))
    }

    @Test func successWithoutTroubleSaysNothing() {
        var window = TroubleWindow()
        #expect(window.recordSuccess(at: 0) == nil)
        #expect(!window.isInTrouble)
    }
}
