/// The name of an epoch, compared byte by byte: different texts can be equal as `String`.
struct EpochName: Hashable, Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    static func == (left: EpochName, right: EpochName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
