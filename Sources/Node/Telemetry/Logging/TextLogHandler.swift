import Basics
import Logging

/// Writes each event as one line for people: `2026-11-20T22:35:00.123Z INFO     scorecast.api: message user=u1 at="a
/// b"`.
///
/// Levels are aligned, metadata follow in the order of their names, and a value with spaces, quotes or `=` is quoted.
/// Control characters are escaped. A line never passes ``LogSink/lineBytesMax``; a cut line ends in `…`.
public struct TextLogHandler: LogHandler {
    /// The logger's label.
    public let label: String
    /// Events below are not logged.
    public var logLevel: Logger.Level = .info
    /// Metadata of every event of this logger.
    public var metadata: Logger.Metadata = [:]
    /// Metadata from the context of each event.
    public var metadataProvider: Logger.MetadataProvider?

    private let sink: LogSink
    private let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - label: names the logger in each line.
    ///   - sink: where lines go.
    ///   - metadataProvider: metadata from the context.
    ///   - clock: milliseconds since 1970; nil: the system's clock.
    public init(
        label: String,
        sink: LogSink = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil,
        clock: (@Sendable () -> Int64)? = nil
    ) {
        self.label = label
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.clock = clock ?? { WallClock.milliseconds() }
    }

    /// Metadata of every event of this logger, by key.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the event's line.
    public func log(event: LogEvent) {
        let record = LogRecord(
            event, label: label, base: metadata, provider: metadataProvider, milliseconds: clock())
        sink.write(line: Self.bytes(of: record))
    }

    private static func bytes(of record: LogRecord) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        line.append(contentsOf: Timestamp.text(milliseconds: record.milliseconds).utf8)
        line.append(contentsOf: " \(record.level.rawValue.uppercased().padded(to: 8)) ".utf8)
        line.appendEscaped(record.label, limit: LogLimit.name)
        line.append(contentsOf: ": ".utf8)
        line.appendEscaped(record.message, limit: LogLimit.message)
        if let error = record.error { append("error", .string(error), to: &line) }
        for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) {
            let start = line.count
            append(key, value, to: &line)
            if line.count > LogSink.lineBytesMax - LogLimit.reserve {
                line.removeSubrange(start...)
                line.append(contentsOf: " …".utf8)
                break
            }
        }
        line.append(0x0a)
        return line
    }

    private static func append(_ key: String, _ value: Logger.MetadataValue, to line: inout [UInt8]) {
        line.append(0x20)
        line.appendEscaped(key, limit: LogLimit.name)
        line.append(0x3d)
        let text = plain(value)
        let isBare = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
        if !isBare { line.append(0x22) }
        line.appendEscaped(text, limit: LogLimit.value)
        if !isBare { line.append(0x22) }
    }

    /// Arrays and dictionaries as text, their keys in order.
    private static func plain(_ value: Logger.MetadataValue, depth: Int = 0) -> String {
        guard depth < LogLimit.depth else { return "…" }
        switch value {
        case .string(let text): return text
        case .stringConvertible(let value): return value.description
        case .array(let items):
            return "[" + items.prefix(LogLimit.items).map { plain($0, depth: depth + 1) }.joined(separator: ", ") + "]"
        case .dictionary(let fields):
            let parts = fields.sorted { $0.key < $1.key }.prefix(LogLimit.items).map {
                "\($0.key): \(plain($0.value, depth: depth + 1))"
            }
            return "[" + parts.joined(separator: ", ") + "]"
        }
    }
}
