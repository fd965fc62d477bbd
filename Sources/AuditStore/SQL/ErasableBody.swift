/// The body of an answer as it stands in its column: behind zeros.
///
/// SQLite overwrites what is erased where it stands, but a row that it once moved to another page, to keep its tree in
/// balance, may have left a copy in the old page's unused part. It moves only the first bytes of a row, less than a page
/// of them; the rest stands in pages of its own, which are overwritten when they fall free. The zeros are the bytes that
/// it moves.
enum ErasableBody {
    /// A page.
    static let zeros = 4096

    static func wrapped(_ body: [UInt8]) -> [UInt8] { Array(repeating: 0, count: Self.zeros) + body }
    static func unwrapped(_ bytes: some Collection<UInt8>) -> [UInt8] { Array(bytes.dropFirst(Self.zeros)) }
}
