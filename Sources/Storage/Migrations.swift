import PostgresClient

/// The database's migrations, embedded from `migrations/`, in order.
public enum Migrations {
    /// All migrations.
    public static let all = [
        Migration(number: 1, name: "initial", sql: String(decoding: PackageResources._001_initial_sql, as: UTF8.self)),
        Migration(
            number: 2, name: "suspicions", sql: String(decoding: PackageResources._002_suspicions_sql, as: UTF8.self)),
        Migration(
            number: 3, name: "deployment", sql: String(decoding: PackageResources._003_deployment_sql, as: UTF8.self)),
        Migration(
            number: 4, name: "dead_letters",
            sql: String(decoding: PackageResources._004_dead_letters_sql, as: UTF8.self)),
        Migration(number: 5, name: "boards", sql: String(decoding: PackageResources._005_boards_sql, as: UTF8.self)),
        Migration(number: 6, name: "rebuild", sql: String(decoding: PackageResources._006_rebuild_sql, as: UTF8.self)),
        Migration(number: 7, name: "audits", sql: String(decoding: PackageResources._007_audits_sql, as: UTF8.self)),
        Migration(
            number: 8, name: "settled_letters",
            sql: String(decoding: PackageResources._008_settled_letters_sql, as: UTF8.self)),
        Migration(
            number: 9, name: "ledger_retention",
            sql: String(decoding: PackageResources._009_ledger_retention_sql, as: UTF8.self)),
        Migration(
            number: 10, name: "room_for_scores",
            sql: String(decoding: PackageResources._010_room_for_scores_sql, as: UTF8.self)),
        Migration(
            number: 11, name: "accounts", sql: String(decoding: PackageResources._011_accounts_sql, as: UTF8.self)),
        Migration(
            number: 12, name: "user_deletions",
            sql: String(decoding: PackageResources._012_user_deletions_sql, as: UTF8.self)),
        Migration(number: 13, name: "play", sql: String(decoding: PackageResources._013_play_sql, as: UTF8.self)),
    ]
}
