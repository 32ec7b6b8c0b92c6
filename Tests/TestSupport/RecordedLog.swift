import Logging
import Synchronization

/// Keeps all that is logged.
public final class RecordedLog: Sendable {
    /// One event.
    public struct Line: Sendable, CustomStringConvertible {
        /// How grave it is.
        public let level: Logger.Level
        /// Its text, without metadata.
        public let message: String
        /// The module that logged it.
        public let source: String
        /// The metadata of the logger and of the event.
        public let metadata: Logger.Metadata

        /// The level and the message.
        public var description: String { "\(level): \(message)" }
    }

    private let recorded = Mutex<[Line]>([])

    /// A log without events.
    public init() {}

    /// All events so far.
    public var lines: [Line] { recorded.withLock { $0 } }

    /// All events so far with their metadata, one a line.
    public var text: String { lines.map { "\($0.message) \($0.metadata)\n" }.joined() }

    /// A logger of every level that writes here.
    public var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(
                level: event.level, message: "\(event.message)", source: event.source,
                metadata: metadata.merging(event.metadata ?? [:]) { $1 })
            log.recorded.withLock { $0.append(line) }
        }
    }
}
