import Storage

extension PartitionKeys {
    /// The keys of a deployment without a prefix.
    init(partition: Int) {
        self.init(partition: partition, in: KeySpace(prefix: "", database: 0))
    }
}
