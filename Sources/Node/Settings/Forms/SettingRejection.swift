/// Why a text is not a value of a setting, as the rest of a sentence that begins with the text:
/// `is not a whole number from 1 to 64`.
package struct SettingRejection: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
