using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Throttling;

public sealed class CallPlacesTests
{
    [Fact]
    public void Take_FewerFree_GivesWhatThereIs()
    {
        var places = new CallPlaces(5);
        places.Take(3, Unwoken).ShouldBe(3);
        places.Take(3, Unwoken).ShouldBe(2);
    }

    [Fact]
    public void Return_AfterNoneWereFree_WakesEachWhoAskedOnce()
    {
        var places = new CallPlaces(1);
        places.Take(1, Unwoken).ShouldBe(1);
        var woken = new List<string>();
        places.Take(1, () => woken.Add("a")).ShouldBe(0);
        places.Take(1, () => woken.Add("b")).ShouldBe(0);
        places.Return(0);
        woken.ShouldBeEmpty();
        places.Return(1);
        woken.ShouldBe(["a", "b"]);
        places.Return(1);
        woken.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Return_WakerTakesAtOnce_GetsThePlace()
    {
        var places = new CallPlaces(1);
        places.Take(1, Unwoken);
        var got = 0;
        places.Take(1, () => got = places.Take(1, Unwoken)).ShouldBe(0);
        places.Return(1);
        got.ShouldBe(1);
        places.Take(1, () => { }).ShouldBe(0);
    }

    [Fact]
    public async Task Take_ManyThreads_NeverGivesMoreThanThereAre()
    {
        const int Places = 7;
        var places = new CallPlaces(Places);
        var (held, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 5000; round++)
            {
                var taken = places.Take(random.Next(1, 4), () => { });
                var now = Interlocked.Add(ref held, taken);
                for (var seen = Volatile.Read(ref most); now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = Volatile.Read(ref most))
                {
                    // Somebody else has seen more in between.
                }

                Interlocked.Add(ref held, -taken);
                places.Return(taken);
            }
        })));
        most.ShouldBeLessThanOrEqualTo(Places);
        places.Take(100, Unwoken).ShouldBe(Places);
    }

    private static void Unwoken() => throw new InvalidOperationException("There were places.");
}
