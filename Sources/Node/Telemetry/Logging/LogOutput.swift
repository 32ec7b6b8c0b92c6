import Logging
import Settings

/// Sets up the process's logging.
public enum LogOutput {
    /// Makes every `Logger` of the process write in `format` from `level` up. Call it once, before the first logger is
    /// made; a second call is a programming error and stops the process (as `LoggingSystem.bootstrap` does).
    ///
    /// - Parameters:
    ///   - format: the form of a line.
    ///   - level: the least level that is logged.
    ///   - sink: where lines go; standard error for both formats, since standard output is for the output of commands.
    ///   - metadataProvider: adds metadata from the context of each event.
    public static func bootstrap(
        format: LogFormat,
        level: Logger.Level,
        sink: LogSink = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        LoggingSystem.bootstrap(
            { label, provider in
                handler(label: label, format: format, level: level, sink: sink, metadataProvider: provider)
            },
            metadataProvider: metadataProvider)
    }

    /// The handler that ``bootstrap(format:level:sink:metadataProvider:)`` gives a logger.
    public static func handler(
        label: String,
        format: LogFormat,
        level: Logger.Level,
        sink: LogSink = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil
    ) -> any LogHandler {
        var handler: any LogHandler =
            switch format {
            case .json: JSONLogHandler(label: label, sink: sink, metadataProvider: metadataProvider)
            case .text: TextLogHandler(label: label, sink: sink, metadataProvider: metadataProvider)
            }
        handler.logLevel = level
        return handler
    }
}
