"""The networks of torch_bench.cc as a Python script would write them; prints training steps a second of
the processor."""
import sys
import time

import torch
from torch import nn

name, rows, length, columns, batch, epochs, threads = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
torch.manual_seed(1)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(columns, 64, num_layers=2, batch_first=True, dropout=0.2)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for layer, width in enumerate((columns, 32, 32)):
            layers += [nn.Conv1d(width, 32, 5, padding=2), nn.ReLU()] + ([nn.Dropout(0.2)] if layer < 2 else [])
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        return self.head(self.body(x.transpose(1, 2)).amax(2))


x, y = torch.rand(rows, length, columns) - 0.5, torch.rand(rows) - 0.5
x, y = (x - x.mean((0, 1))) / x.std((0, 1)), (y - y.mean()) / y.std()
net = {"lstm": Lstm, "cnn": Cnn}[name]()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(1 + epochs):
    if epoch == 1:
        start = time.process_time()
    for chosen in torch.randperm(rows).split(batch):
        loss = nn.functional.mse_loss(net(x[chosen]).squeeze(1), y[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(epochs * rows / batch / (time.process_time() - start))
