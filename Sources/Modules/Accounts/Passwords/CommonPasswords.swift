/// The 10,000 most common passwords, which nobody may choose: whoever guesses tries them first. NOTICE says where the
/// list comes from.
package enum CommonPasswords {
    private static let all = Set(
        String(decoding: PackageResources.common_passwords_txt, as: UTF8.self).split(separator: "\n"))

    /// How many there are.
    package static var count: Int { all.count }

    /// Whether a password is one of them, in any case.
    package static func contains(_ password: String) -> Bool { all.contains(password.lowercased()[...]) }
}
