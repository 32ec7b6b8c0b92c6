import API
import Logging
import Settings
import Telemetry

/// One line for each update that a node refuses, for those who develop with it: `scorecast up` shows them at whatever
/// level it logs. Nodes of a deployment do so at level `debug` alone, since anybody can send what is refused.
public enum RefusedUpdateLines {
    /// What to give a node; nil if its log has these lines anyway.
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
