/// Prints elements one after the other, as lines or as one JSON document, so that a long list needs no memory.
struct JSONList {
    private let name: String
    private let isUsed: Bool
    private var isEmpty = true

    init(name: String, isUsed: Bool) {
        (self.name, self.isUsed) = (name, isUsed)
        if isUsed { print("{\"\(name)\":[", terminator: "") }
    }

    /// Prints an element: its JSON if that is wanted, else the text.
    mutating func add(_ json: String, or text: String) {
        print(isUsed ? (isEmpty ? "" : ",") + json : text, terminator: isUsed ? "" : "\n")
        isEmpty = false
    }

    /// Ends the list.
    func end(orIfEmpty text: String) {
        if isUsed { print("]}") } else if isEmpty { print(text) }
    }
}
