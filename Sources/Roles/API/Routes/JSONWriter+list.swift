import StrictJSON

extension JSONWriter {
    /// Writes a member whose value is an array.
    mutating func list<Element>(
        _ key: StaticString, _ elements: some Sequence<Element>, write: (Element, inout Self) -> Void
    ) {
        self.key(key)
        beginArray()
        for element in elements { write(element, &self) }
        endArray()
    }
}
