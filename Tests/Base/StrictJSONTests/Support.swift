import StrictJSON

/// The tree of a text, or the error.
func parse(_ text: String, limits: JSONLimits = JSONLimits()) -> Result<JSONValue, JSONError> {
    parse(Array(text.utf8), limits: limits)
}

func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) -> JSONValue in try JSONValue(bytes, limits: limits) }
}

/// The kind of error with which a text is refused, or `nil` if it is accepted.
func refusal(_ text: String, limits: JSONLimits = JSONLimits()) -> JSONError.Kind? {
    refusal(Array(text.utf8), limits: limits)
}

func refusal(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError.Kind? {
    guard case .failure(let error) = parse(bytes, limits: limits) else { return nil }
    return error.kind
}

/// Runs `body` on a reader of this text, which must be a whole document.
func read<Value>(
    _ text: String,
    limits: JSONLimits = JSONLimits(),
    _ body: (inout JSONReader) throws(JSONError) -> Value
) -> Result<Value, JSONError> {
    Array(text.utf8).withUnsafeBytes { bytes in
        Result { () throws(JSONError) -> Value in try JSONReader.document(bytes, limits: limits, body) }
    }
}

/// The JSON of a value.
func write(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(to: [UInt8]())
    writer.value(value)
    return writer.sink
}

extension Result where Failure == JSONError {
    /// The kind of the error, or nil for a success.
    var refused: JSONError.Kind? { if case .failure(let error) = self { error.kind } else { nil } }
    /// The value, or nil for a failure.
    var value: Success? { try? get() }
}
