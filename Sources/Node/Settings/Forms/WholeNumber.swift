/// A number of ASCII digits only (no sign, at most 18 of them, so that it fits any arithmetic on it); nil for
/// anything else.
func wholeNumber(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}
