using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class ModerationDetailsTests
{
    [Theory]
    [InlineData("""{"moderation_stage":"input","categories":["violence","sexual"]}""", "input", "violence|sexual")]
    [InlineData("""{"moderation_stage":"output"}""", "output", "")]
    [InlineData("""{"categories":["violence",7,null,{"a":1}]}""", null, "violence")]
    [InlineData("""{"moderation_stage":3,"categories":{"violence":true}}""", null, "")]
    [InlineData("""["violence"]""", null, "")]
    [InlineData("null", null, "")]
    [InlineData(null, null, "")]
    public void Parse_WhateverTheServiceSays_TakesWhatIsThere(string? json, string? stage, string categories)
    {
        var details = ModerationDetails.Parse(json);

        details.Stage.ShouldBe(stage);
        string.Join('|', details.Categories).ShouldBe(categories);
    }
}
