import API
import Logging
import Settings
import Telemetry

/// Logs one line for each update that a node refuses. `scorecast up` shows these lines at every log level. Nodes of a
/// deployment log them at level `debug` only, because any client can cause them.
public enum RefusedUpdateLines {
    /// Returns the callback for a node, or nil if the node's log has these lines anyway.
    public static func output(
        for configuration: NodeConfiguration, sink: LogSink = .standardError
    ) -> (@Sendable (RefusedUpdate) -> Void)? {
        guard configuration.logLevel > .debug else { return nil }
        let format = configuration.logFormat
        let logger = Logger(label: "scorecast") {
            LogOutput.handler(label: $0, format: format, level: .info, sink: sink)
        }
        return { update in
            var facts: Logger.Metadata = [
                "status": "\(update.status)", "code": "\(update.code)", "reason": "\(update.reason)",
            ]
            facts["user"] = update.userID.map { "\($0)" }
            logger.info("Update refused", metadata: facts)
        }
    }
}
