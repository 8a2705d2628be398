using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Tests.Sources;

/// <summary>Every parameter of the endpoint comes through its flag with its type.</summary>
public sealed class EditFlagsTests
{
    [Theory]
    [InlineData("--background opaque", """{"background":"opaque"}""")]
    [InlineData("--input-fidelity high", """{"input_fidelity":"high"}""")]
    [InlineData("--input_fidelity high", """{"input_fidelity":"high"}""")]
    [InlineData("--model a-model-of-tomorrow", """{"model":"a-model-of-tomorrow"}""")]
    [InlineData("--moderation low", """{"moderation":"low"}""")]
    [InlineData("--n 3", """{"n":3}""")]
    [InlineData("--output-compression 100", """{"output_compression":100}""")]
    [InlineData("--output-format webp", """{"output_format":"webp"}""")]
    [InlineData("--partial-images 2 --stream", """{"partial_images":2,"stream":true}""")]
    [InlineData("--quality high", """{"quality":"high"}""")]
    [InlineData("--size 1536x1024", """{"size":"1536x1024"}""")]
    [InlineData("--stream false", """{"stream":false}""")]
    [InlineData("--user 1234", """{"user":"1234"}""")]
    [InlineData("--option user=1234 --option n=2", """{"n":2,"user":"1234"}""")]
    [InlineData("--option seed=7 --option style=vivid --option deep={\"a\":[1]} --option on=true", """{"deep":{"a":[1]},"on":true,"seed":7,"style":"vivid"}""")]
    [InlineData("", "{}")]
    public void Read_Flags_AreTheOptionsThatAreSet(string line, string options) => Read(line).Options.ToJson().ShouldBe(options);

    [Fact]
    public void Read_ImagesMaskPromptAndTags_AreTheDefaultsOfRows()
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-flags-");
        try
        {
            var path = Path.Combine(folder.FullName, "a.png");
            File.WriteAllText(path, "");
            var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
            var defaults = Read($"--image https://x.test/a.png --image data:image/png;base64,AAAA --image {relative} --image file_id:f.1 --mask file-2 --prompt p --tag brand=acme");
            defaults.Images.ShouldBe(["https://x.test/a.png", "data:image/png;base64,AAAA", path, "file_id:f.1"]);
            (defaults.Mask, defaults.Prompt, defaults.Tags["brand"]).ShouldBe(("file-2", "p", "acme"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--n 11", "--n must be a whole number from 1 to 10, not 11.")]
    [InlineData("--option n=x", "--n must be a whole number from 1 to 10, not \"x\".")]
    [InlineData("--option images=x", "--option images: it is no option; use --image, or the manifest.")]
    [InlineData("--option mask=x", "--option mask: it is no option; use --mask, or the manifest.")]
    [InlineData("--option =x", "--option takes NAME=VALUE, not '=x'.")]
    [InlineData("--size big", "--size must be auto or WIDTHxHEIGHT, such as 1024x1024, not \"big\".")]
    public void Read_WrongFlag_SaysWhatIsRight(string line, string reason) => Should.Throw<CliException>(() => Read(line)).Message.ShouldBe(reason);

    [Fact]
    public void Read_DeleteUploads_IsTheBatchs()
    {
        Submit("m.jsonl --delete-uploads").DeleteUploads.ShouldBeTrue();
        Submit("m.jsonl").DeleteUploads.ShouldBeFalse();
    }

    private static BatchDefaults Read(string line)
    {
        var flags = new EditFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        var parsed = command.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        parsed.Errors.ShouldBeEmpty();
        return flags.Read(parsed, AppContext.BaseDirectory);
    }

    private static NewBatch Submit(string line)
    {
        var flags = new SubmitFlags();
        var command = new RootCommand();
        flags.AddTo(command);
        return flags.Read(command.Parse(line.Split(' ')), AppContext.BaseDirectory, TimeProvider.System, new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build());
    }
}
