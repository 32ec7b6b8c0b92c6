import Logging
import Reporting
import Synchronization
import Testing

/// Lines that go out for failures which come as fast as they can be tried.
struct TroubleLogTests {
    private final class Lines: Sendable {
        let all = Mutex<[(level: Logger.Level, message: String, source: String, metadata: Logger.Metadata)]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append((event.level, "\(event.message)", event.source, event.metadata ?? [:])) }
        }
    }

    @Test func oneLineForMany() {
        let lines = Lines()
        let log = TroubleLog(
            warning: "It fails", notice: "It works again", level: .error,
            logger: Logger(label: "test") { _ in Handler(lines: lines) })
        log.recordSuccess()
        for number in 0..<1000 { log.recordFailure("reason \(number)", ["fact": "\(number)"]) }
        // Too soon after a failure to be an end.
        log.recordSuccess()
        let all = lines.all.withLock { $0 }
        #expect(all.count == 1)
        #expect(all.first?.level == .error)
        #expect(all.first?.message == "It fails")
        #expect(all.first?.source == "ReportingTests")
        #expect(all.first?.metadata == ["error": "reason 0", "fact": "0", "suppressed": "0"])
    }
}
