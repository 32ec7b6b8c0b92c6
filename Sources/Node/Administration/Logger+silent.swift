import Logging

extension Logger {
    /// A logger that writes nothing, for clients in commands: they end with the error itself.
    static var silent: Logger { Logger(label: "scorecast") { _ in SwiftLogNoOpLogHandler() } }
}
