import Basics
import Logging

/// Writes each event as one JSON object on one line, for collectors.
///
/// `{"time":"2026-11-20T22:35:00.123Z","level":"info","logger":"scorecast.api","source":"API","message":"…","n":1}`:
/// `time` is RFC 3339 in UTC, metadata become fields in the order of their names, nested metadata stay nested, and
/// numbers and booleans stay numbers and booleans. A metadata key that is already a field's name gets a `_` after it. A
/// line that would pass ``LogSink/lineBytesMax`` loses metadata from its end and says `"truncated":true`.
public struct JSONLogHandler: LogHandler {
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
        var line = JSONLine(bytesMax: LogSink.lineBytesMax)
        sink.write(line: line.bytes(of: record))
    }
}

/// Builds the line of one record.
private struct JSONLine {
    private let bytesMax: Int
    private var bytes: [UInt8] = []
    private var isTruncated = false
    private var names: Set<String> = []

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        bytes.reserveCapacity(512)
    }

    mutating func bytes(of record: LogRecord) -> [UInt8] {
        bytes.append(0x7b)  // {
        field("time", Timestamp.text(milliseconds: record.milliseconds), limit: LogLimit.name)
        field("level", record.level.rawValue, limit: LogLimit.name)
        field("logger", record.label, limit: LogLimit.name)
        field("source", record.source, limit: LogLimit.name)
        field("message", record.message, limit: LogLimit.message)
        if let error = record.error { field("error", error, limit: LogLimit.value) }
        names.insert("truncated")
        for (key, value) in record.metadata.sorted(by: { $0.key < $1.key }) { metadataField(key, value) }
        if isTruncated { bytes.append(contentsOf: #","truncated":true"#.utf8) }
        bytes.append(contentsOf: [0x7d, 0x0a])  // } and newline
        return bytes
    }

    private mutating func field(_ name: String, _ value: String, limit: Int) {
        names.insert(name)
        key(name, isFirst: bytes.count == 1)
        text(value, limit: limit)
    }

    /// Appends a field, or nothing if it would pass the line's limit.
    private mutating func metadataField(_ name: String, _ value: Logger.MetadataValue) {
        var free = name
        while names.contains(free) { free += "_" }
        let start = bytes.count
        key(free, isFirst: false)
        append(value, depth: 0)
        if isFull {
            bytes.removeSubrange(start...)
            isTruncated = true
        } else {
            names.insert(free)
        }
    }

    private var isFull: Bool { bytes.count > bytesMax - LogLimit.reserve }

    private mutating func append(_ value: Logger.MetadataValue, depth: Int) {
        // The caller removes the whole field, so an unfinished one is never seen.
        guard !isFull else { return }
        switch value {
        case .string(let string):
            text(string, limit: LogLimit.value)
        case .stringConvertible(let value):
            if let literal = jsonLiteral(value) {
                bytes.append(contentsOf: literal.utf8)
            } else {
                text(value.description, limit: LogLimit.value)
            }
        case .array, .dictionary:
            guard depth < LogLimit.depth else {
                isTruncated = true
                return text("…", limit: LogLimit.name)
            }
            appendContainer(value, depth: depth)
        }
    }

    private mutating func appendContainer(_ value: Logger.MetadataValue, depth: Int) {
        if case .array(let items) = value {
            bytes.append(0x5b)  // [
            for (index, item) in items.enumerated() where !isFull {
                if index > 0 { bytes.append(0x2c) }
                append(item, depth: depth + 1)
            }
            bytes.append(0x5d)  // ]
        } else if case .dictionary(let fields) = value {
            bytes.append(0x7b)  // {
            for (index, (name, item)) in fields.sorted(by: { $0.key < $1.key }).enumerated() where !isFull {
                key(name, isFirst: index == 0)
                append(item, depth: depth + 1)
            }
            bytes.append(0x7d)  // }
        }
    }

    private mutating func key(_ name: String, isFirst: Bool) {
        if !isFirst { bytes.append(0x2c) }  // ,
        text(name, limit: LogLimit.name)
        bytes.append(0x3a)  // :
    }

    private mutating func text(_ text: String, limit: Int) {
        bytes.append(0x22)
        if !bytes.appendEscaped(text, limit: limit) { isTruncated = true }
        bytes.append(0x22)
    }
}

/// Values that JSON has a literal for.
private func jsonLiteral(_ value: any CustomStringConvertible) -> String? {
    switch value {
    case let flag as Bool: flag.description
    case let number as any FixedWidthInteger: number.description
    case let number as Double where number.isFinite: number.description
    default: nil
    }
}
