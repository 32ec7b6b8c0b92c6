import Logging

/// One event as both handlers write it: metadata merged, time taken.
struct LogRecord {
    let milliseconds: Int64
    let level: Logger.Level
    let label: String
    let message: String
    let error: String?
    let source: String
    let metadata: Logger.Metadata

    /// The event's metadata takes precedence over the logger's, and that over the provider's.
    init(
        _ event: LogEvent, label: String, base: Logger.Metadata, provider: Logger.MetadataProvider?, milliseconds: Int64
    ) {
        var merged = provider?.get() ?? [:]
        merged.merge(base) { $1 }
        if let own = event.metadata { merged.merge(own) { $1 } }
        self.milliseconds = milliseconds
        self.level = event.level
        self.label = label
        self.message = event.message.description
        self.error = event.error.map { String(describing: $0) }
        self.source = event.source
        self.metadata = merged
    }
}

/// Limits inside a line; together with ``LogSink/lineBytesMax`` they keep the work for one line bounded.
enum LogLimit {
    /// Bytes of a message.
    static let message = 4 << 10
    /// Bytes of one text in the metadata.
    static let value = 2 << 10
    /// Bytes of a name: a label, a metadata key.
    static let name = 128
    /// Levels of arrays and dictionaries inside a metadata value.
    static let depth = 8
    /// Items of an array or a dictionary in a text line.
    static let items = 64
    /// Bytes kept free for the line's end.
    static let reserve = 64
}
