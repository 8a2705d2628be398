// Most of these tests wait for other processes; as many as cores would leave the machine idle.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
