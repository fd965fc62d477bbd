import ARMModel
import Testing

@Suite struct GalleryScriptIDTests {
    static let id = ManagedUpdateTests.gallery

    @Test(arguments: [
        id, id.uppercased(), id.lowercased(), id.replacing("/Rg/", with: "/rg-(a).b_c/"),
        id.replacing("1.0.2", with: "0.0.0"), id.replacing("1.0.2", with: "2147483647.4294967295.1"),
        id.replacing("/G/", with: "/my_gallery.1/"),
    ])
    func takes(_ text: String) { #expect(GalleryScriptID.isExact(text)) }

    @Test(arguments: [
        "", "/", id + "/", "/" + id, String(id.dropFirst()), id + "?x=y", id + "#x", " " + id, id + " ", id + "\n",
        id.replacing("1.0.2", with: "latest"), id.replacing("1.0.2", with: "1.0"),
        id.replacing("1.0.2", with: "1.0.2.3"), id.replacing("1.0.2", with: "1..2"),
        id.replacing("1.0.2", with: "1.0.x"), id.replacing("1.0.2", with: "1.0.*"),
        id.replacing("1.0.2", with: "+1.0.2"),
        id.replacing("1.0.2", with: "1.0.-2"), id.replacing("1.0.2", with: ""), id.replacing("1.0.2", with: "..2"),
        id.replacing("1.0.2", with: "1.0.\u{662}"), id.replacing("1.0.2", with: "12345678901.0.0"),
        id.replacing("/1.0.2", with: ""), id.replacing("/versions/1.0.2", with: ""),
        id.replacing("scripts", with: "applications"), id.replacing("galleries", with: "images"),
        id.replacing("galleries", with: "galler\u{131}es"), id.replacing("Microsoft.Compute", with: "Microsoft.Web"),
        id.replacing("/s/", with: "/../"), id.replacing("/s/", with: "/./"), id.replacing("/s/", with: "//"),
        id.replacing("/s/", with: "/%73/"), id.replacing("/s/", with: "/\u{17F}/"), id.replacing("/s/", with: "/a b/"),
        id.replacing("/G/", with: "/G;x/"), id.replacing("/", with: "\\"), id.replacing("/Rg/", with: "/rg./"),
        id.replacing(ManagedUpdateTests.guid, with: "sub"), "https://management.azure.com" + id,
        "/sharedGalleries/g/scripts/s/versions/1.0.0",
        id.replacing("/s/", with: "/" + String(repeating: "s", count: 81) + "/"),
        id.replacing("resourceGroups", with: "resourcegroup"), id + id,
    ])
    func refuses(_ text: String) { #expect(!GalleryScriptID.isExact(text)) }
}
