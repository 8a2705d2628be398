Console.Error.WriteLine("usage: Benchmarks SCENARIO");
return 2;
