/// Appends JSON to a ``ByteSink``, and adds the commas and colons.
///
///     var writer = JSONWriter(to: [UInt8]())
///     writer.beginObject()
///     writer.key("rank")
///     writer.integer(3)
///     writer.endObject()
///     send(writer.sink)
///
/// It keeps no stack of containers: the caller must open and close them in the right order.
/// `ByteSink.appendJSON(_:)` describes how values are written.
public struct JSONWriter<Sink: ByteSink> {
    /// The sink: its earlier content, followed by the JSON that was written.
    public var sink: Sink

    @usableFromInline var needsComma = false

    /// A writer that appends to this sink. Take the result from ``sink``.
    @inlinable
    public init(to sink: consuming Sink) { self.sink = sink }

    /// Appends to a sink in place, without copying it.
    @inlinable
    public static func append(to sink: inout Sink, _ body: (inout JSONWriter) -> Void) {
        // Move the sink into the writer and back: with a second reference to it, the first append would copy it.
        var writer = JSONWriter(to: Sink())
        swap(&writer.sink, &sink)
        body(&writer)
        swap(&writer.sink, &sink)
    }

    /// Opens an object.
    @inlinable
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes an object.
    @inlinable
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    @inlinable
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes an array.
    @inlinable
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a key that is a literal of the program. It is not escaped, so it must not need escaping.
    @inlinable
    public mutating func key(_ key: StaticString) {
        separate()
        sink.append(UInt8(ascii: "\""))
        sink.append(literal: key)
        sink.append(literal: "\":")
        needsComma = false
    }

    /// Writes a key that comes from data.
    @inlinable
    public mutating func key(escaping key: String) {
        separate()
        sink.appendJSON(key)
        sink.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    @inlinable
    public mutating func string(_ value: String) {
        separate()
        sink.appendJSON(value)
    }

    /// Writes a string given as UTF-8. Malformed sequences become U+FFFD.
    @inlinable
    public mutating func string(utf8 bytes: UnsafeRawBufferPointer) {
        separate()
        sink.appendJSON(utf8: bytes)
    }

    /// Writes an integer.
    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        sink.appendJSON(value)
    }

    /// Writes a number, or `null` if it is not finite.
    @inlinable
    public mutating func double(_ value: Double) {
        separate()
        sink.appendJSON(value)
    }

    /// Writes `true` or `false`.
    @inlinable
    public mutating func bool(_ value: Bool) {
        separate()
        sink.appendJSON(value)
    }

    /// Writes `null`.
    @inlinable
    public mutating func null() {
        separate()
        sink.append(literal: "null")
    }

    /// Writes a value that is already JSON, such as an object that was encoded earlier.
    @inlinable
    public mutating func encoded(_ json: UnsafeRawBufferPointer) {
        separate()
        sink.append(contentsOf: json)
    }

    /// Writes a tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .double(let value): double(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(escaping: member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    @inlinable
    mutating func separate() {
        if needsComma { sink.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    @inlinable
    mutating func open(_ bracket: UInt8) {
        separate()
        sink.append(bracket)
        needsComma = false
    }

    @inlinable
    mutating func close(_ bracket: UInt8) {
        sink.append(bracket)
        needsComma = true
    }
}
