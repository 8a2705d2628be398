using System.Text;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class AnswerFuzzTests
{
    private static readonly byte[][] Tokens = [.. new[]
    {
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\"b64_json\":", "\"data\":", "\"QUJD\"", "null", "0", "\\u0000", "\\ud800", "\\u002b", "=", "==", "\n", "\r\n",
        "data: ", "event: ", "event: image_edit.completed\n", "\n\n", "[DONE]", "\"type\":\"image_edit.completed\",", "\"type\":\"error\",", "\"error\":{\"message\":\"x\"},",
        "\"usage\":{\"a\":1},", "\"url\":\"http://x\",", "ÿ",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly string[] JsonSeeds =
    [
        Answers.Json("abcdefgh"u8.ToArray(), "xyz"u8.ToArray()),
        """{"b64_json":"QUJD","data":[{"url":"http://127.0.0.1/x"},{"b64_json":"QU\/D","revised_prompt":"a\"b\\"}],"error":null}""",
        """{"error":{"message":"no","type":"image_generation_user_error","code":"moderation_blocked","moderation_details":{"moderation_stage":"input","categories":["x"]}}}""",
        """{ "usage" : { "total_tokens" : 3 } , "data" : [ { "b64_json" : "QUJDRA==" , "x" : [ { "b64_json" : "no" } ] } ] }""",
    ];

    private static readonly string[] EventSeeds =
    [
        Answers.Event("image_edit.partial_image", Answers.Partial("p"u8.ToArray())) + Answers.Event("image_edit.completed", Answers.Completed("final"u8.ToArray())) + "data: [DONE]\n\n",
        ": hello\r\n\r\nid: 1\r\ndata: {\"b64_json\":\"QUJD\",\r\ndata: \"type\":\"image_edit.completed\"}\r\n\r\n",
        "event: error\rdata: {\"type\":\"error\",\"error\":{\"code\":\"image_generation_failed\"}}\r\r",
    ];

    [Fact]
    public async Task ReadAsync_MutatedJson_NeverThrowsAndAgreesWithTheReference()
    {
        var random = new Random(20261122);
        var valid = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var body = Mutate(Encoding.UTF8.GetBytes(JsonSeeds[i % JsonSeeds.Length]), random);
            var (answer, sink, _) = await Answers.ReadAsync(body, size: () => 1 + random.Next(64));
            var reference = Reference.Read(body);
            if (reference is null) continue;
            valid++;
            answer.Fault.ShouldBeNull(Encoding.UTF8.GetString(body));
            answer.Images.ShouldBe(reference.Images.Count);
            sink.Images.ShouldBe(reference.Images, Encoding.UTF8.GetString(body));
            if (reference.UsageJson?.Contains("\\u0000", StringComparison.Ordinal) != true) answer.UsageJson.ShouldBe(reference.UsageJson);
        }

        valid.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public async Task ReadAsync_MutatedEvents_NeverThrowsAndCountsWhatIsInTheSink()
    {
        var random = new Random(42);
        var good = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var body = Mutate(Encoding.UTF8.GetBytes(EventSeeds[i % EventSeeds.Length]), random);
            var split = random.Next(1, 40);
            var (answer, sink, _) = await Answers.ReadAsync(body, events: true, size: () => split);
            var (whole, wholeSink, _) = await Answers.ReadAsync(body, events: true);
            whole.Fault.ShouldBe(answer.Fault, Encoding.UTF8.GetString(body));
            var (kept, keptSink, _) = await Answers.ReadAsync(body, events: true, size: () => split, partials: true);
            kept.Fault.ShouldBe(answer.Fault, Encoding.UTF8.GetString(body));
            keptSink.Images.ShouldBe(sink.Images);
            if (answer.Fault is not null) continue;
            (whole.Images, whole.UsageJson, whole.IsWhole, whole.Error).ShouldBe((answer.Images, answer.UsageJson, answer.IsWhole, answer.Error));
            wholeSink.Images.ShouldBe(sink.Images);
            good += answer.Images;
        }

        good.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public async Task ReadAsync_AnyTypeInAnyPlace_NeverThrowsAndAgreesWithTheReference()
    {
        string[] values = ["null", "true", "-1e300", "\"\"", "\"QUJD\"", "\"QUJ D\\n\"", "[]", "{}", "[null]", "[\"QUJD\"]", "{\"b64_json\":\"QUJD\"}", "[{\"b64_json\":\"QUJDRA\"}]"];
        string[] names = ["created", "data", "usage", "error", "type", "background", "b64_json", "url", "output_format"];
        var random = new Random(11);
        var images = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var members = names.Where(_ => random.Next(2) == 0).Select(name => $"\"{name}\":{values[random.Next(values.Length)]}");
            var body = Encoding.UTF8.GetBytes($"{{{string.Join(",", members)}}}");
            var (answer, sink, _) = await Answers.ReadAsync(body, size: () => 1 + random.Next(16));
            var reference = Reference.Read(body);
            // A number in an image's place can't be told from what stands for an image.
            answer.Fault?.Code.ShouldBe("contradiction", Encoding.UTF8.GetString(body));
            (answer.Fault is null).ShouldBe(reference is not null, Encoding.UTF8.GetString(body));
            if (reference is null) continue;
            sink.Images.ShouldBe(reference.Images, Encoding.UTF8.GetString(body));
            images += answer.Images;
        }

        images.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void ParseError_Mutated_NeverThrows()
    {
        var random = new Random(7);
        var read = 0;
        for (var i = 0; i < 50_000; i++)
            if (AnswerParser.ParseError(Mutate(Encoding.UTF8.GetBytes(JsonSeeds[2]), random))?.Code == "moderation_blocked") read++;
        read.ShouldBeGreaterThan(5_000);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var left = random.Next(4); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(1 + random.Next(6), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)' ';
                    break;
            }
        }

        return [.. bytes];
    }
}
