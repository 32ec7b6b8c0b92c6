import Logging
import NIOConcurrencyHelpers
import RedisClient
import Storage

/// Keeps the last error that a client logs. The client keeps trying, and reports the reason nowhere else.
final class LastTrouble: Sendable {
    private let last = NIOLockedValueBox<String?>(nil)

    var reason: String? { last.withLockedValue { $0 } }

    var logger: Logger { Logger(label: "scorecast.doctor") { _ in Handler(last: self.last) } }

    private struct Handler: LogHandler {
        let last: NIOLockedValueBox<String?>
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard let error = event.metadata?["error"] else { return }
            last.withLockedValue { $0 = "\(error)" }
        }
    }
}
