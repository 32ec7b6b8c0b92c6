import Logging
import Reporting
import TestSupport
import Testing

/// Lines that go out for failures which come as fast as they can be tried.
struct TroubleLogTests {
    @Test func oneLineForMany() {
        let recorded = RecordedLog()
        let log = TroubleLog(
            warning: "It fails", notice: "It works again", level: .error,
            logger: recorded.logger)
        log.recordSuccess()
        for number in 0..<1000 { log.recordFailure("reason \(number)", ["fact": "\(number)"]) }
        // Too soon after a failure to be an end.
        log.recordSuccess()
        let all = recorded.lines
        #expect(all.count == 1)
        #expect(all.first?.level == .error)
        #expect(all.first?.message == "It fails")
        #expect(all.first?.source == "ReportingTests")
        #expect(all.first?.metadata == ["error": "reason 0", "fact": "0", "suppressed": "0"])
    }
}
