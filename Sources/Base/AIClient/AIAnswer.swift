import StrictJSON

/// A value of an answer, and where it is, so that operators learn what does not fit.
struct AIAnswer {
    private let value: JSONValue
    private let place: String

    /// Reads a whole answer, which must be strict JSON.
    init(_ bytes: [UInt8]) throws(AIError) {
        do throws(JSONError) {
            value = try JSONValue(bytes)
        } catch {
            throw AIError(.invalid, "The answer is not JSON: \(error.message)")
        }
        place = ""
    }

    private init(_ value: JSONValue, at place: String) {
        self.value = value
        self.place = place
    }

    /// A member that must be there.
    func member(_ name: String) throws(AIError) -> AIAnswer {
        let path = place.isEmpty ? name : "\(place).\(name)"
        guard let member = value[name] else { throw AIError(.invalid, "The answer has no \(path).") }
        return AIAnswer(member, at: path)
    }

    /// The elements of an array.
    func elements(upTo limit: Int) throws(AIError) -> [AIAnswer] {
        guard let elements = value.array else { throw unfit("is not an array") }
        guard elements.count <= limit else { throw unfit("has more than \(limit) elements") }
        return elements.enumerated().map { AIAnswer($0.element, at: "\(place)[\($0.offset)]") }
    }

    /// A text, its characters counted as code points. Control characters are refused, but for tabs and line ends in
    /// texts of several lines.
    func text(characters: ClosedRange<Int>, isOneLine: Bool = false) throws(AIError) -> String {
        guard let text = value.string else { throw unfit("is not a string") }
        guard characters.contains(text.unicodeScalars.count) else {
            throw unfit("must be \(characters.lowerBound) to \(characters.upperBound) characters")
        }
        let isClean = text.unicodeScalars.allSatisfy { scalar in
            guard scalar.properties.generalCategory == .control else { return true }
            return !isOneLine && (scalar == "\n" || scalar == "\r" || scalar == "\t")
        }
        guard isClean else { throw unfit("has control characters") }
        return text
    }

    /// An integer, written without a fraction.
    func integer(in range: ClosedRange<Int64>) throws(AIError) -> Int64 {
        guard let number = value.integer, range.contains(number) else {
            throw unfit("is not an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func unfit(_ reason: String) -> AIError { AIError(.invalid, "In the answer, \(place) \(reason).") }
}
