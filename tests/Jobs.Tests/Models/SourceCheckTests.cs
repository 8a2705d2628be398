using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Models;

public sealed class SourceCheckTests
{
    [Fact]
    public void Check_FileIdForAModelThatTakesForms_IsAFaultOfEach() =>
        new SourceCheck(ModelBook.BuiltIn).Check(Item("dall-e-2")).Select(f => f.Field).ShouldBe(["images[1]", "mask"]);

    [Theory]
    [InlineData("gpt-image-2")]
    [InlineData("somebody-elses-model")]
    public void Check_FileIdForOthers_IsFine(string model) => new SourceCheck(ModelBook.BuiltIn).Check(Item(model)).ShouldBeEmpty();

    private static PlannedItem Item(string model) => new(
        0, "1", new EditInput([ImageReference.Url("https://x.test/a.png"), ImageReference.File("file-1")], ImageReference.File("file-2")), "p",
        EditOptions.Parse($"{{\"model\":\"{model}\"}}"), "1", new Dictionary<string, string>());
}
