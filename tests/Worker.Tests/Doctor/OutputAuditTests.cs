using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Doctor;

public sealed class OutputAuditTests
{
    [Fact]
    public async Task Doctor_Outputs_TellsOfImagesThatAreMissingOrChanged()
    {
        await using var world = await CliWorld.CreateAsync();
        var ran = await world.RunAsync("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "low", "--json");
        var batch = ran.ShouldExit(0).Json["batch"]!.GetValue<string>();
        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0).Out.ShouldContain($"all 3 images of {batch} are as they were stored");

        var images = Path.Combine(world.Folder.Home, "images", batch);
        File.Delete(Path.Combine(images, "item-1-1.png"));
        await File.AppendAllTextAsync(Path.Combine(images, "item-2-1.png"), "!", TestContext.Current.CancellationToken);
        var findings = (await world.RunAsync("doctor", "--outputs", batch, "--json")).ShouldExit(1).Json.AsArray();
        findings.Select(finding => finding!["detail"]!.GetValue<string>()).ShouldBe(
        [
            $"item-1: {batch}/item-1-1.png is missing",
            $"item-2: {batch}/item-2-1.png isn't what was stored: its SHA-256 is another",
            $"2 of 3 images of {batch} are missing or changed",
        ]);
        (await world.RunAsync("doctor", "--outputs", "20200101-nobody")).ShouldExit(2).Error.ShouldContain("There is no batch 20200101-nobody.");
    }
}
